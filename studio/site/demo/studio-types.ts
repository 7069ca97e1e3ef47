import type { TypeDefinition } from './expand-schema.ts';

const NOTE_LINKS = 'Asset,Shot,Sequence,Episode,Version,Playlist,Level,Delivery,Project';

/** Types of people, talk and the site itself (API 8, 9, 11). */
export const STUDIO_TYPES: Readonly<Record<string, TypeDefinition>> = {
  Note: {
    displayName: 'Note',
    fields: `
subject: text Subject
content: text Body
project: entity Project | Project
user: entity Author | HumanUser,ApiUser
note_links: multi_entity Links | ${NOTE_LINKS}
tasks: multi_entity Tasks | Task
addressings_to: multi_entity To | Group,HumanUser
addressings_cc: multi_entity Cc | Group,HumanUser
attachments: multi_entity Attachments | Attachment
replies: multi_entity Replies | Reply
playlist: entity Playlist | Playlist
sg_note_type: list Type | Internal,Client
sg_status_list: status_list Status | opn,ip,clsd
client_note: checkbox Client Note | ro
publish_status: text Publish Status
meta: jsonb Meta
`,
  },
  Reply: {
    displayName: 'Reply',
    isBare: true,
    fields: `
content: text Reply
entity: entity Link | Note
user: entity Author | HumanUser,ApiUser,ClientUser
publish_status: text Publish Status
`,
  },
  Attachment: {
    displayName: 'File',
    fields: `
this_file: url File
display_name: text File Name
original_fname: text Original Name
filename: text Name | ro
file_extension: text Extension | ro
file_size: number Size | ro
description: text Description
attachment_links: multi_entity Links | Asset,Shot,Sequence,Version,Note,Delivery
project: entity Project | Project
processing_status: list Processing | ro thumbnail_pending,complete
sg_status_list: status_list Status | na,fin
`,
  },
  HumanUser: {
    displayName: 'Person',
    fields: `
login: text Login | unique mandatory
email: text Email
name: text Name
firstname: text First Name
lastname: text Last Name
sg_status_list: status_list Status | act,dis
can_impersonate_this_user: checkbox Can Be Impersonated | ro
permission_rule_set: entity Permission Group | ro PermissionRuleSet
projects: multi_entity Projects | Project
groups: multi_entity Groups | Group
department: entity Department | Department
language: list Language | en,ja,zh-hans,ko
locked_until: date_time Locked until
file_access: checkbox File Access
password_proxy: password Password | ro
sso_login: text SSO Login
`,
  },
  ApiUser: {
    displayName: 'Script',
    isBare: true,
    fields: `
firstname: text Script Name | mandatory
lastname: text Version
email: text Email
description: text Description
salted_password: text Application Key
permission_rule_set: entity Permission Group | ro PermissionRuleSet
projects: multi_entity Projects | Project
generate_event_log_entries: checkbox Generate Events
`,
  },
  ClientUser: {
    displayName: 'Client User',
    isBare: true,
    fields: `
name: text Name
email: text Email
sg_status_list: status_list Status | act,dis
`,
  },
  Group: {
    displayName: 'Group',
    isBare: true,
    fields: `
code: text Group Name
users: multi_entity People | HumanUser
`,
  },
  Department: {
    displayName: 'Department',
    isBare: true,
    fields: `
name: text Name
code: text Short Name
color: color Color
list_order: number Order
users: multi_entity People | HumanUser
steps: multi_entity Steps | Step
sg_status_list: status_list Status | act,dis
`,
  },
  PermissionRuleSet: {
    displayName: 'Permission Group',
    isBare: true,
    fields: `
code: text Code | ro
display_name: text Name | ro
entity_type: entity_type Entity Type | ro
parent_set: entity Parent | ro PermissionRuleSet
`,
  },
  Step: {
    displayName: 'Pipeline Step',
    isBare: true,
    fields: `
code: text Step Name
short_name: text Short Code
entity_type: entity_type Entity Type
department: entity Department | Department
color: color Color
list_order: number Order
description: text Description
`,
  },
  Status: {
    displayName: 'Status',
    isBare: true,
    fields: `
code: text Short Code | ro
name: text Name
bg_color: color Color
icon: entity Icon | Icon
system: checkbox System | ro
`,
  },
  Icon: {
    displayName: 'Icon',
    isBare: true,
    fields: `
display_type: list Kind | image_map,image,html
image_map_key: text Key
html: text Html
uuid: uuid Uuid | ro
`,
  },
  Tag: { displayName: 'Tag', isBare: true, fields: `\nname: text Tag Name\nusage: number Usage | ro\n` },
  PublishedFileType: {
    displayName: 'Published File Type',
    isBare: true,
    fields: `\ncode: text Type Name | unique\n`,
  },
  LocalStorage: {
    displayName: 'Local File Storage',
    isBare: true,
    fields: `\ncode: text Name\nlinux_path: text Linux Path\nmac_path: text Mac Path\nwindows_path: text Windows Path\n`,
  },
  TimeLog: {
    displayName: 'Time Log',
    isBare: true,
    fields: `
project: entity Project | Project
entity: entity Link | Task
user: entity Person | HumanUser
date: date Date
duration: duration Duration
description: text Description
`,
  },
  Booking: {
    displayName: 'Booking',
    isBare: true,
    fields: `
user: entity Person | HumanUser
project: entity Project | Project
start_date: date Start Date
end_date: date End Date
percent_allocation: percent Allocation
note: text Note
`,
  },
  Phase: {
    displayName: 'Phase',
    isBare: true,
    fields: `
code: text Phase Name
project: entity Project | Project
start_date: date Start Date
end_date: date End Date
color: color Color
sg_status_list: status_list Status | wtg,ip,fin
`,
  },
  Milestone: {
    displayName: 'Milestone',
    isBare: true,
    fields: `\ncode: text Milestone Name\nproject: entity Project | Project\ndate: date Date\nsg_description: text Description\n`,
  },
  Delivery: {
    displayName: 'Delivery',
    fields: `
title: text Title
project: entity Project | Project
sg_status_list: status_list Status | wtg,ip,dlvr
sg_due_date: date Due Date
`,
  },
  EventLogEntry: {
    displayName: 'Event Log Entry',
    isBare: true,
    fields: `
cached_display_name: text Cached Display Name | ro
event_type: text Event Type | ro
attribute_name: text Attribute Name | ro
description: text Description | ro
meta: serializable Meta | ro
entity: entity Entity | ro Asset,Shot,Sequence,Version,Task,Note,Playlist,Project,HumanUser,PublishedFile,Reply,TimeLog,ActionMenuItem
project: entity Project | ro Project
user: entity User | ro HumanUser,ApiUser
session_uuid: uuid Session Uuid | ro
audit_trail: jsonb Audit Trail | ro
`,
  },
  ActionMenuItem: {
    displayName: 'Action Menu Item',
    isBare: true,
    fields: `
title: text Title
url: text URL
entity_type: entity_type Entity Type
folder: text Folder
list_order: number Order
selection_required: checkbox Selection Required
light_payload: checkbox Light Payload
open_in_overlay: checkbox Open in Overlay
poll_for_data_updates: checkbox Poll for Data Updates
permissions_groups: multi_entity Permission Groups | PermissionRuleSet
projects: multi_entity Projects | Project
secret_token: text Secret Token
`,
  },
  Page: {
    displayName: 'Page',
    isBare: true,
    fields: `\nname: text Page Name\nproject: entity Project | Project\npage_type: text Page Type\n`,
  },
  CustomEntity01: {
    displayName: 'Look',
    fields: `
code: text Look Name
project: entity Project | Project
description: text Description
sg_status_list: status_list Status | wtg,ip,apr
sg_temperature: number Colour Temperature
sg_lut: text LUT
`,
  },
  CustomNonProjectEntity01: {
    displayName: 'Vendor Company',
    isBare: true,
    fields: `\ncode: text Company\nsg_country: text Country\nsg_contact: entity Contact | HumanUser\nsg_rating: number Rating\n`,
  },
};
